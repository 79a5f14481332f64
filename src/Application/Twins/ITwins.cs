using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>
/// The way to every twin, whoever owns it: a mailbox in the Standalone edition, a grain in the cluster. One owner per device
/// executes its commands one after the other.
/// </summary>
public interface ITwins
{
    /// <summary>
    /// Hands the command to the device's owner. Completes once what follows from it is durable and believed, or once it was
    /// refused; waits while the owner's queue is full.
    /// </summary>
    /// <exception cref="TwinUnavailableException">The outcome is unknown (the store failed): nothing may be acknowledged.</exception>
    ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default);

    /// <summary>What is believed of the device now; null for one never heard of.</summary>
    ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default);
}

/// <summary>A twin and the last message as it came (null when none came since its owner was activated).</summary>
public sealed record TwinView(Twin Twin, RawMessage? LastMessage);
