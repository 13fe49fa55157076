"""A sample app: queue functions that write down what they were given, one JSON document per line."""

import asyncio
import json
import os
import typing
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()
RECORD = Path(os.environ["RECORD"])


def record(**facts: object) -> None:
    with RECORD.open("a") as file:
        file.write(json.dumps(facts, default=str) + "\n")


def text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.hex()


@app.service_bus_queue_trigger(arg_name="msg", queue_name="%SINGLE_QUEUE%", connection="Bus")
async def single(msg: func.ServiceBusMessage, context: func.Context) -> None:
    order = json.loads(msg.get_body())
    record(
        function="single",
        event="begin",
        order=order,
        id=msg.message_id,
        correlation=msg.correlation_id,
        subject=msg.subject,
        properties=msg.application_properties,
        delivery=msg.delivery_count,
        enqueued=msg.enqueued_time_utc,
        metadata=sorted(msg.metadata or {}),
        trace=context.trace_context.trace_parent,
    )
    await asyncio.sleep(order.get("seconds", 0))
    if order.get("fail_until", 0) >= (msg.delivery_count or 0):
        raise RuntimeError("not yet")
    record(function="single", event="end", order=order)


@app.service_bus_queue_trigger(arg_name="msg", queue_name="patient", connection="Bus")
async def patient(msg: func.ServiceBusMessage) -> None:
    order = json.loads(msg.get_body())
    record(function="patient", event="begin", order=order)
    await asyncio.sleep(order["seconds"])
    record(function="patient", event="end", order=order)


@app.service_bus_queue_trigger(arg_name="msgs", queue_name="batch", connection="Bus", cardinality="many")
def batch(msgs: typing.List[func.ServiceBusMessage]) -> None:  # noqa: UP006 - the worker takes only typing.List
    record(function="batch", bodies=[text(m.get_body()) for m in msgs], ids=[m.message_id for m in msgs])


@app.route(route="alive", methods=["GET"])
async def alive(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("yes")


@app.service_bus_queue_trigger(arg_name="msg", queue_name="relayed", connection="Bus")
@app.service_bus_queue_output(arg_name="$return", queue_name="%SINGLE_QUEUE%", connection="Bus")
async def relayed(msg: func.ServiceBusMessage) -> str:
    return json.dumps({"name": f"relayed {json.loads(msg.get_body())['name']}"})


@app.route(route="order", methods=["POST"])
@app.service_bus_queue_output(arg_name="orders", queue_name="%SINGLE_QUEUE%", connection="Bus")
def order(req: func.HttpRequest, orders: func.Out[str]) -> func.HttpResponse:
    orders.set(req.get_body().decode())
    return func.HttpResponse("ordered", status_code=202)
