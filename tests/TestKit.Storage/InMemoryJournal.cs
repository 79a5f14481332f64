using System.Runtime.CompilerServices;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.TestKit.Storage;

/// <summary>The event log and the snapshots, with ways to make an append fail or wait.</summary>
public sealed class InMemoryJournal(InMemoryAlertBook alerts, InMemoryOutbox outbox, InMemoryReadingHistory history) : ITwinJournal, ITwinSnapshots, ITwinCheckpoints
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceId, List<TwinEvent>> _events = [];
    private readonly Dictionary<DeviceId, Twin> _snapshots = [];
    private readonly Queue<Exception> _failures = [];
    private readonly HashSet<DeviceId> _damaged = [];
    private Task _mayCommit = Task.CompletedTask;

    /// <summary>Number of appends that were committed.</summary>
    public int Commits { get; private set; }

    /// <summary>The next append that has no earlier failure waiting for it stores nothing and throws this.</summary>
    public void FailNext(Exception failure)
    {
        lock (_lock)
            _failures.Enqueue(failure);
    }

    /// <summary>Appends from now on wait for the task before they commit: a slow disk.</summary>
    public void HoldUntil(Task mayCommit)
    {
        lock (_lock)
            _mayCommit = mayCommit;
    }

    /// <summary>From now on the oldest event of the device cannot be read any more.</summary>
    public void Damage(DeviceId device)
    {
        lock (_lock)
            _damaged.Add(device);
    }

    /// <summary>Everything appended to the device, oldest first.</summary>
    public IReadOnlyList<TwinEvent> EventsOf(DeviceId device)
    {
        lock (_lock)
            return _events.TryGetValue(device, out var events) ? [.. events] : [];
    }

    public async ValueTask Append(TwinAppend append, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Task mayCommit;
        lock (_lock)
            mayCommit = _mayCommit;

        await mayCommit;
        lock (_lock)
        {
            if (_failures.TryDequeue(out var failure))
                throw failure;

            Commit(append);
        }
    }

    public async IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var events = EventsOf(device);
        bool isDamaged;
        lock (_lock)
            isDamaged = _damaged.Contains(device);

        for (var version = Math.Max(isDamaged ? 1 : 0, afterVersion); version < events.Count; version++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new JournaledEvent(version + 1, events[(int)version]);
        }
    }

    public ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_snapshots.GetValueOrDefault(device));
    }

    /// <summary>Keeps everything, and so needs no checkpoints.</summary>
    public ValueTask<PastStart> Find(DeviceId device, Instant at, CancellationToken cancellation) =>
        ValueTask.FromResult<PastStart>(at < history.ReadingsFrom ? new PastStart.Expired(history.ReadingsFrom) : new PastStart.From(new Twin(device)));

    public ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation)
    {
        lock (_lock)
        {
            foreach (var twin in twins)
            {
                if (!_snapshots.TryGetValue(twin.Device, out var stored) || stored.Version <= twin.Version)
                    _snapshots[twin.Device] = twin;
            }
        }

        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<DeviceId> Devices([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        DeviceId[] devices;
        lock (_lock)
            devices = [.. _events.Keys.Union(_snapshots.Keys)];

        foreach (var device in devices)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return device;
        }
    }

    private void Commit(TwinAppend append)
    {
        var version = _events.TryGetValue(append.Device, out var events) ? events.Count : 0;
        if (version != append.AfterVersion)
            throw new JournalConflictException(append.Device, append.AfterVersion, version);

        if (events is null)
            _events.Add(append.Device, events = []);

        events.AddRange(append.Events);
        foreach (var twinEvent in append.Events)
        {
            alerts.Apply(twinEvent);
            if (twinEvent is TwinEvent.ReadingRecorded recorded)
                history.Add(append.Device, recorded.Reading);
        }

        outbox.Add(append.Messages);
        Commits++;
    }
}
