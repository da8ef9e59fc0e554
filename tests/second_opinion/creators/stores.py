"""Tables, buckets and secrets."""

import json

from tests.second_opinion.creators.resource import Creators, Made, Properties, Resource, call


def table(made: Resource) -> Made:
    properties = made.properties
    forgets = properties.pop("TimeToLiveSpecification", None)
    backup = properties.pop("PointInTimeRecoverySpecification", None)
    encryption = properties.pop("SSESpecification", None)
    if encryption:
        properties["SSESpecification"] = {"Enabled": encryption.pop("SSEEnabled"), **encryption}
    answer = call("dynamodb", "create_table", TableName=made.name, **properties)
    if forgets:
        call("dynamodb", "update_time_to_live", TableName=made.name, TimeToLiveSpecification=forgets)
    if backup:
        call(
            "dynamodb",
            "update_continuous_backups",
            TableName=made.name,
            PointInTimeRecoverySpecification=backup,
        )
    return Made(made.name, {"Arn": answer["TableDescription"]["TableArn"]})


def secret(made: Resource) -> Made:
    generated = made.properties.pop("GenerateSecretString")
    document = json.loads(generated.pop("SecretStringTemplate"))
    key = generated.pop("GenerateStringKey")
    document[key] = call("secretsmanager", "get_random_password", **generated)["RandomPassword"]
    text = json.dumps(document)
    answer = call("secretsmanager", "create_secret", Name=made.name, SecretString=text, **made.properties)
    return Made(answer["ARN"])


def bucket(made: Resource) -> Made:
    name = made.name.lower()[-63:].strip("-")
    properties = made.properties
    call("s3", "create_bucket", Bucket=name)
    if access := properties.pop("PublicAccessBlockConfiguration", None):
        call("s3", "put_public_access_block", Bucket=name, PublicAccessBlockConfiguration=access)
    if encryption := properties.pop("BucketEncryption", None):
        rules = {
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                for rule in encryption["ServerSideEncryptionConfiguration"]
            ]
        }
        call("s3", "put_bucket_encryption", Bucket=name, ServerSideEncryptionConfiguration=rules)
    if lifecycle := properties.pop("LifecycleConfiguration", None):
        rules = {"Rules": [lifecycle_rule(rule) for rule in lifecycle["Rules"]]}
        call("s3", "put_bucket_lifecycle_configuration", Bucket=name, LifecycleConfiguration=rules)
    assert not properties, f"not passed on: {', '.join(properties)}"
    domain = f"{name}.s3.us-east-1.amazonaws.com"
    return Made(name, {"Arn": f"arn:aws:s3:::{name}", "RegionalDomainName": domain})


def lifecycle_rule(rule: Properties) -> Properties:
    known = dict(rule)
    return {"Filter": {"Prefix": ""}, "Expiration": {"Days": known.pop("ExpirationInDays")}, **known}


def bucket_policy(made: Resource) -> Made:
    document = json.dumps(made.properties["PolicyDocument"])
    call("s3", "put_bucket_policy", Bucket=made.properties["Bucket"], Policy=document)
    return Made(made.name)


def audience_keys(made: Resource) -> Made:
    # Our own function answers CloudFormation; tests/unit/lambdas/audience_keys has it.
    return Made(made.name, {"PushKey": "B" * 87})


CREATORS: Creators = {
    "AWS::DynamoDB::Table": table,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SecretsManager::Secret": secret,
    "Custom::AudienceKeys": audience_keys,
}
