using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Past.Ports;

/// <summary>
/// Twins as they were now and then in the past, made by the store from the snapshots that it is given: what the state at some
/// moment is folded from, so that a device's whole life need not be read. They expire with the readings.
/// </summary>
public interface ITwinCheckpoints
{
    ValueTask<PastStart> Find(DeviceId device, Instant at, CancellationToken cancellation);
}

/// <summary>Where to begin to fold the state of a device at some moment.</summary>
public abstract record PastStart
{
    private PastStart()
    {
    }

    /// <param name="Twin">As it was at that moment or before; without events where the journal has the device's whole life.</param>
    public sealed record From(Twin Twin) : PastStart;

    /// <summary>What that moment would be made from is not kept any more.</summary>
    /// <param name="Horizon">The first moment that can be told; null where none can.</param>
    public sealed record Expired(Instant? Horizon) : PastStart;
}
