# The C types of routes.py, for the native build alone: whole numbers everywhere, arrays of 32 bits.

ctypedef long long number

cdef class Routes:
    cdef number _nodes, _points, _days, _groups, _kinds, _width, _room, _far, _largest
    cdef bint _walks
    cdef number _purse, _spent, _state, _factor, _mask, _blink, _blinks, _share_count
    cdef number _fare_price, _wait_price, _fare_guide, _gap_fare, _gap_wait, _shared, _beyond
    cdef number _found_day, _found_at, _found_price, _opened
    cdef int[::1] _into, _outof, _into_walk, _outof_walk, _into_fare, _outof_fare, _first, _last, _count, _close
    cdef int[::1] _duration, _prize, _cost, _group, _kind, _place, _floating, _shares
    cdef int[::1] _opens, _closes, _limit, _day_walk, _day_travel, _day_fare, _fewest, _bonus
    cdef int[::1] _seq, _old, _spot, _leave, _due, _ride, _fare, _size, _old_size
    cdef number[::1] _worth, _bent
    cdef int[::1] _walked, _touched, _in_group, _of_kind, _where, _taken
    cdef int[::1] _open, _gap, _widest, _age, _seen_at, _seen_age
    cdef number[::1] _seen_price

    cdef number _roll(self, number sides) noexcept
    cdef void _touch(self, number day) noexcept
    cdef void _undo(self) noexcept
    cdef void _leave_out(self, number node) noexcept
    cdef void _take_in(self, number node, number day) noexcept
    cdef void _scan(self, number node, number day) noexcept
    cdef void _scan_floating(self, number node, number day) noexcept
    cdef bint _overlooked(self) noexcept
    cdef bint _near_enough(self, number node, number day, number at) noexcept
    cdef number _earliest(self, number cell, number arrival) noexcept
    cdef number _latest(self, number cell, number moment) noexcept
    cdef void _rebuild(self, number day) noexcept
    cdef void _arrive(self, number day, number at) noexcept
    cdef void _return(self, number day, number behind) noexcept
    cdef number _marginal(self, number node, number day) noexcept
    cdef void _set_dues(self, number day, number base, number behind) noexcept
