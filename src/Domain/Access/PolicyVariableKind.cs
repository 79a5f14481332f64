namespace OrleansIot.Domain.Access;

internal enum PolicyVariableKind
{
    ClientId,
    SourceIp,
    ThingName,
    ThingTypeName,
    ThingIsAttached,
    ThingAttribute,
    Certificate,
    ConnectAttributes,
}
