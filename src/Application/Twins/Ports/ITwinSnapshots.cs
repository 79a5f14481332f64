using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Ports;

/// <summary>Twins as they were at some version, so that taking one up again reads only the tail of its events.</summary>
public interface ITwinSnapshots
{
    /// <summary>Null where there is none. The owner then folds the journal from version <see cref="Twin.Version"/> on.</summary>
    ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation);

    /// <summary>
    /// The snapshots of all devices, as a start needs them: in portions, each decoded by whoever enumerates it, so that several can be
    /// at once. What cannot be read is left out: <see cref="Load"/> says why. None from a store that has no quicker way than that.
    /// </summary>
    IAsyncEnumerable<IEnumerable<Twin>> LoadAll(CancellationToken cancellation) => AsyncEnumerable.Empty<IEnumerable<Twin>>();

    /// <summary>Saves them in one commit; an older one of a device is replaced.</summary>
    ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation);

    /// <summary>Every device that has a snapshot or an event.</summary>
    IAsyncEnumerable<DeviceId> Devices(CancellationToken cancellation);
}
