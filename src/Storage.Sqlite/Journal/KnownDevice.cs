using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Sqlite.History;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>What is kept in memory of a device.</summary>
internal sealed class KnownDevice(long id, DeviceId device)
{
    /// <summary>Guards <see cref="Tail"/> and <see cref="Buffer"/>, which the writer changes and queries read.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Stands for the name in the database.</summary>
    public long Id { get; } = id;

    public DeviceId Device { get; } = device;

    /// <summary>Whether the database knows it: a failed commit leaves a device behind that it does not.</summary>
    public bool IsStored { get; set; }

    /// <summary>Of its last event. The writer's own.</summary>
    public long Version { get; set; }

    public JournalTail Tail { get; } = new();

    /// <summary>Events that are not in a stored chunk yet.</summary>
    public ReadingBuffer? Buffer { get; set; }

    /// <summary>Room for the readings of the next buffer, of a device that fills it quickly. The writer's own.</summary>
    public ReadingChunkWriter? SpareRoom { get; set; }

    /// <summary>Position in the log up to which its events are in stored chunks.</summary>
    public long HistoryThrough { get; set; }

    /// <summary>What of its past is kept.</summary>
    public DevicePast Past { get; } = new();
}
