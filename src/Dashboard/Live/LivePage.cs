using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Dashboard.Live;

/// <summary>A page that loads, then follows the fleet until it is left.</summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private IDisposable? _watch;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private ILogger<LivePage> Logger { get; set; } = default!;

    /// <summary>Something was loaded and can be shown.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>What went wrong in loading, for people; null when all is well.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Why the last action was not done, for people; stands until the next one.</summary>
    protected string? Refusal { get; private set; }

    protected string? Trouble => Refusal ?? Problem;

    protected CancellationToken Leaving => _leaving.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _leaving.IsCancellationRequested)
            return;

        _watch?.Dispose();
        _leaving.Cancel();
        _leaving.Dispose();
    }

    /// <summary>Follows the changes of <paramref name="filter"/>, and no longer those of the filter before.</summary>
    protected void Follow(FleetFilter filter, Func<FleetUpdate, Task> apply)
    {
        _watch?.Dispose();
        _watch = Feed.Watch(filter, update => InvokeAsync(async () =>
        {
            if (Problem is not null && !IsLoaded)
                return; // nothing to carry on; "Try again" loads

            await Try(() => apply(IsLoaded && Problem is null ? update : update with { Incomplete = true }));
            StateHasChanged();
        }));
    }

    protected async Task Load(Func<Task> load)
    {
        IsLoaded |= await Try(load);
    }

    /// <param name="action">Answers why it was not done; null when it was.</param>
    protected async Task Act(Task<string?> action) => Refusal = await action;

    private async Task<bool> Try(Func<Task> work)
    {
        try
        {
            await work();
            Problem = null;
            return true;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failed)
        {
            // Whatever the store throws, the page stays up with what it has, and says so.
            LoadFailed(Logger, failed, GetType().Name);
            Problem = IsLoaded ? "What you see is not up to date: the last look at the store failed." : "The store did not answer.";
            return false;
        }
    }

    [LoggerMessage(6004, LogLevel.Error, "{Page} could not load.")]
    private static partial void LoadFailed(ILogger logger, Exception failed, string page);
}
