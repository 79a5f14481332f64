using System.Globalization;
using Orleans.Storage;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// The grains' state in the store that keeps the journal. What is to be saved while one commit is under way shares the next, so
/// that ten thousand devices do not make ten thousand commits.
/// </summary>
internal sealed class SnapshotGrainStorage(ITwinSnapshots snapshots) : IGrainStorage
{
    // Bounds how long one save holds the writer, and so what ingest waits.
    private const int PerSave = 500;

    private readonly Lock _lock = new();
    private readonly Queue<(Twin Twin, TaskCompletionSource Saved)> _waiting = new();
    private bool _saving;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!DeviceId.TryParse(grainId.Key.ToString(), out var device) || await snapshots.Load(device, CancellationToken.None) is not { } twin)
            return;

        grainState.State = (T)(object)TwinState.Of(twin);
        grainState.RecordExists = true;
        grainState.ETag = TagOf(twin);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.State is not TwinState state || state.Twin() is not { } twin)
            throw new NotSupportedException($"This storage keeps twins alone, not a {typeof(T).Name}.");

        // Its bound is the number of grains: each waits for its own before it saves again.
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((twin, saved));
            if (!_saving)
            {
                _saving = true;
                _ = Task.Run(SaveWaiting);
            }
        }

        await saved.Task;
        grainState.RecordExists = true;
        grainState.ETag = TagOf(twin);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("A twin is never forgotten.");

    private static string TagOf(Twin twin) => twin.Version.ToString(CultureInfo.InvariantCulture);

    private async Task SaveWaiting()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                await snapshots.Save([.. batch.Select(one => one.Twin)], CancellationToken.None);
            }
            catch (Exception e)
            {
                // Not swallowed: each grain gets it.
                foreach (var (_, saved) in batch)
                    saved.SetException(e);

                continue;
            }

            foreach (var (_, saved) in batch)
                saved.SetResult();
        }
    }

    private List<(Twin Twin, TaskCompletionSource Saved)> Take()
    {
        var batch = new List<(Twin, TaskCompletionSource)>();
        lock (_lock)
        {
            while (batch.Count < PerSave && _waiting.TryDequeue(out var one))
                batch.Add(one);

            _saving = batch.Count > 0;
        }

        return batch;
    }
}
