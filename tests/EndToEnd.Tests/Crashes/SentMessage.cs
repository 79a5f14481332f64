namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A reading that was sent at least once.</summary>
/// <param name="Number">Its place among the device's, from 0; it is also its metric <c>seq</c>.</param>
/// <param name="At">Its event time, milliseconds since 1970; no other of the device has it.</param>
/// <param name="Values">Its metrics: double, bool or string.</param>
internal sealed record SentMessage(int Number, long At, IReadOnlyDictionary<string, object> Values, string Topic, byte[] Payload)
{
    /// <summary>Under which it was sent last.</summary>
    public ushort PacketId { get; set; }

    public bool IsAcknowledged { get; set; }
}
