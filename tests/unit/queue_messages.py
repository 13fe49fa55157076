"""Queue messages as the Functions host hands them over."""

from azure.functions.servicebus import ServiceBusMessage


def delivered(
    body: bytes, *, message_id: str = "m-1", sequence_number: int = 1, **properties: object
) -> ServiceBusMessage:
    """A message on its first delivery; the keywords are its application properties. "" is no message id."""
    return ServiceBusMessage(
        body=body,
        message_id=message_id,
        sequence_number=sequence_number,
        application_properties=properties,
        user_properties={},
        delivery_count=1,
    )
