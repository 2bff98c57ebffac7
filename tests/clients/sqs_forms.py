"""The model of SQS as it was while its clients spoke the query protocol.

botocore's model still says which lists and maps have no parent; it has lost the names of their elements.
"""

ELEMENTS = {
    "AWSAccountIdList": "AWSAccountId",
    "ActionNameList": "ActionName",
    "AttributeNameList": "AttributeName",
    "BinaryList": "BinaryListValue",
    "MessageAttributeNameList": "MessageAttributeName",
    "MessageSystemAttributeList": "MessageSystemAttributeName",
    "QueueUrlList": "QueueUrl",
    "StringList": "StringListValue",
    "TagKeyList": "TagKey",
}
KEYS = {"TagMap": ("Key", "Value")}
MAPS = {
    "Attributes": "Attribute",
    "MessageAttributes": "MessageAttribute",
    "MessageSystemAttributes": "MessageSystemAttribute",
    "Tags": "Tag",
    "tags": "Tag",
}


def restore(model: dict) -> None:
    """Gives the elements of lists and maps their names back."""
    shapes = model["shapes"]
    for name, shape in shapes.items():
        if shape["type"] == "list":
            # Lists of structures have the name of the structure.
            shape["member"]["locationName"] = ELEMENTS.get(name, shape["member"]["shape"])
        elif shape["type"] == "map":
            key, value = KEYS.get(name, ("Name", "Value"))
            shape["key"]["locationName"], shape["value"]["locationName"] = key, value
        elif shape["type"] == "structure":
            for member, reference in shape["members"].items():
                kind = shapes[reference["shape"]]["type"]
                if kind == "map":
                    reference["locationName"] = MAPS[member]
                elif kind == "list":
                    reference["flattened"] = True
    for operation in model["operations"].values():
        if "output" in operation:
            operation["output"]["resultWrapper"] = operation["name"] + "Result"
