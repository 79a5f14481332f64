namespace OrleansIot.Domain.Access;

/// <summary>What a CONNECT asks for beyond the connection: the values of <c>iot:ConnectAttributes</c>.</summary>
[Flags]
public enum ConnectAttributes
{
    None = 0,
    PersistentConnect = 1,
    LastWill = 2,
}
