using System.Collections.Immutable;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>The device types in force, held in memory and kept in a store. Durable before in force; edits are one after the other.</summary>
public sealed class DeviceTypeBook(IDeviceTypeStore store) : IDeviceTypes, IDisposable
{
    private readonly SemaphoreSlim _editing = new(1);
    private volatile DeviceTypeEdition _edition = DeviceTypeEdition.Empty;

    /// <summary>Whether the store has been read.</summary>
    public bool IsOpen => Revision > 0;

    public long Revision => _edition.Revision;

    public ImmutableArray<DeviceType> All => _edition.All;

    public DeviceType? Find(DeviceTypeId type) => _edition.Find(type);

    public TypeSchema? For(string? type) => _edition.For(type);

    /// <summary>Reads the store; a type of <paramref name="shipped"/> that it does not have is put there first.</summary>
    public async Task Open(IReadOnlyCollection<DeviceType> shipped, CancellationToken cancellation)
    {
        await Look(cancellation);
        foreach (var type in shipped)
            await Put(type, expectedVersion: 0, cancellation);
    }

    /// <summary>Reads the store again: what another process wrote there is in force from then on.</summary>
    public async Task Look(CancellationToken cancellation) => await Edit(
        async before =>
        {
            var stored = await store.List(cancellation);
            return before.Revision > 0 && stored.SequenceEqual(before.All) ? null : stored;
        },
        cancellation);

    public async ValueTask<DeviceType?> Put(DeviceType type, long expectedVersion, CancellationToken cancellation = default)
    {
        DeviceType? written = null;
        await Edit(
            async before =>
            {
                if ((before.Find(type.Id)?.Version ?? 0) != expectedVersion)
                    return null;

                written = type with { Version = expectedVersion + 1 };
                await store.Put(written, cancellation);
                return [.. before.All.Where(other => other.Id != type.Id), written];
            },
            cancellation);
        return written;
    }

    public async ValueTask<bool> Delete(DeviceTypeId type, long expectedVersion, CancellationToken cancellation = default)
    {
        var deleted = false;
        await Edit(
            async before =>
            {
                if (before.Find(type)?.Version != expectedVersion)
                    return null;

                deleted = await store.Delete(type, expectedVersion, cancellation);
                if (deleted)
                    return [.. before.All.Where(other => other.Id != type)];

                // It is not as it is known here: another process wrote it, or a delete whose answer was lost was done. What is stored is in force.
                var stored = await store.List(cancellation);
                deleted = stored.All(other => other.Id != type);
                return stored;
            },
            cancellation);
        return deleted;
    }

    public void Dispose() => _editing.Dispose();

    /// <param name="edit">Null: nothing is to change.</param>
    private async Task Edit(Func<DeviceTypeEdition, Task<IReadOnlyList<DeviceType>?>> edit, CancellationToken cancellation)
    {
        await _editing.WaitAsync(cancellation);
        try
        {
            var before = _edition;
            if (await edit(before) is { } after)
                _edition = new DeviceTypeEdition(before.Revision + 1, after);
        }
        finally
        {
            _editing.Release();
        }
    }
}
