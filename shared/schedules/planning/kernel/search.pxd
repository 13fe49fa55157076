# The C types of search.py, for the native build alone.

from shared.schedules.planning.kernel.routes cimport Routes, number

cdef class Search(Routes):
    cdef number _reach, _removals, _volume, _longest, _top, _order_count, _by_gain, _first_order
    cdef number _best_worth, _least_gain
    cdef int[::1] _must, _near, _ranks, _least, _spread, _orders, _odds, _heats
    cdef int[::1] _fresh, _removed, _heads, _after, _best, _best_size

    cdef void _iterate(self, number heat, number iteration) noexcept
    cdef number _value(self) noexcept
    cdef void _grow_stale(self, number iteration) noexcept
    cdef void _keep_best(self) noexcept
    cdef void _ruin(self) noexcept
    cdef void _cut(self, number day, number node, number longest) noexcept
    cdef void _line_up(self, number order) noexcept
    cdef number _rank(self, number node, number order) noexcept
    cdef number _rank_by_gain(self, number node) noexcept
    cdef void _recreate(self) noexcept
    cdef bint _find(self, number node) noexcept
    cdef void _look(self, number node, number day) noexcept
    cdef void _insert(self, number node) noexcept
