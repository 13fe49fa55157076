async def test_tmp(db, cache, documents, bus):
    assert await db.answers()
    assert await cache.answers()
    assert await documents.answers()
    from shared.bus import Letter
    await bus.send("notification",[Letter(id="1",body="{}",properties={})])
async def test_tmp2(empty_db):
    assert await empty_db.answers()
