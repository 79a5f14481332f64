using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Ports;

/// <summary>Twins as they were at some version, so that taking one up again reads only the tail of its events.</summary>
public interface ITwinSnapshots
{
    /// <summary>Null where there is none. The owner then folds the journal from version <see cref="Twin.Version"/> on.</summary>
    ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation);

    /// <summary>Saves them in one commit; an older one of a device is replaced.</summary>
    ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation);

    /// <summary>Every device that has a snapshot or an event.</summary>
    IAsyncEnumerable<DeviceId> Devices(CancellationToken cancellation);
}
