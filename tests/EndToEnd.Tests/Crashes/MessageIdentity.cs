namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>By what a device's repeated messages are known.</summary>
internal enum MessageIdentity
{
    /// <summary>DUP, with the packet identifier of before.</summary>
    Redelivery,

    /// <summary><c>messageId</c>, on whatever packet.</summary>
    MessageId,

    /// <summary><c>bootId</c> and <c>sequence</c>: however long ago it was.</summary>
    Sequence,
}
