using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Rules;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>All twins in this process, each owned by a mailbox: the Standalone edition's <see cref="ITwins"/>.</summary>
internal sealed partial class MailboxTwins : ITwins, IDisposable
{
    // Of a hundred thousand: enough to share commits, few enough that readings find room between them.
    private const int ReviewsAtOnce = 256;

    private static readonly TimeSpan RetryReviewAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<DeviceId, TwinMailbox> _mailboxes = new();
    private readonly FleetIndex _fleet;
    private readonly IRules _rules;
    private readonly ReviewSchedule _schedule;
    private readonly ILogger<MailboxTwins> _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private int _roundsAskedFor;

    public MailboxTwins(LiveTwinServices services, FleetIndex fleet, IOptions<TwinOptions> options, ILogger<MailboxTwins> log)
    {
        Services = services;
        MailboxCapacity = options.Value.MailboxCapacity;
        _fleet = fleet;
        _rules = services.Rules;
        _schedule = new ReviewSchedule(services.Time);
        _log = log;
        _stopped = _stopping.Token;
        _rules.Changed += ReviewAll;
    }

    public LiveTwinServices Services { get; }

    public int MailboxCapacity { get; }

    public Instant Now => Instant.From(Services.Time.GetUtcNow());

    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        while (true)
        {
            var mailbox = MailboxOf(device);
            if (mailbox.TryPost(command, out var promise, cancellation) == Posting.Posted)
                return promise;

            Forget(mailbox);
        }
    }

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => new(_fleet.Find(device));

    /// <summary>Takes a twin up before anybody asks for it, so that its timers run.</summary>
    /// <exception cref="TwinUnavailableException">It could not be; where that may pass, it is tried again.</exception>
    public ValueTask<Decision> TakeUp(DeviceId device) => ReviewNow(device);

    /// <summary>As <see cref="TakeUp(DeviceId)"/>, where the snapshot has just been read.</summary>
    /// <exception cref="TwinUnavailableException">It could not be; where that may pass, it is tried again.</exception>
    public ValueTask<Decision> TakeUp(Twin snapshot)
    {
        MailboxOf(snapshot.Device).Offer(snapshot);
        return ReviewNow(snapshot.Device);
    }

    public void Forget(TwinMailbox mailbox) => _mailboxes.TryRemove(new KeyValuePair<DeviceId, TwinMailbox>(mailbox.Device, mailbox));

    public void Schedule(TwinMailbox mailbox, Instant at) => _schedule.Add(mailbox, at);

    public void Review(TwinMailbox mailbox) => _ = ReviewAndObserve(mailbox);

    public void ReportFailure(DeviceId device, Exception exception)
    {
        // A store that takes no writes says so itself, once; each message of each device would say it again.
        if (exception is StoreException { IsTransient: true })
            LogNotStored(device, exception);
        else
            LogFailure(device, exception);
    }

    public void Dispose()
    {
        // The container does it once for each name that this is registered under.
        if (_stopped.IsCancellationRequested)
            return;

        _rules.Changed -= ReviewAll;
        _stopping.Cancel();
        _schedule.Dispose();
        _stopping.Dispose();
    }

    private TwinMailbox MailboxOf(DeviceId device) => _mailboxes.GetOrAdd(device, static (id, twins) => new TwinMailbox(id, twins), this);

    private async Task ReviewAndObserve(TwinMailbox mailbox)
    {
        try
        {
            await ReviewNow(mailbox.Device);
        }
        catch (TwinUnavailableException)
        {
            // Reported where it happened.
        }
    }

    private async ValueTask<Decision> ReviewNow(DeviceId device)
    {
        try
        {
            return await Execute(device, new TwinCommand.Review(Now));
        }
        catch (TwinUnavailableException e) when (e.IsTransient)
        {
            // Time goes on for this device as soon as the store does. What is damaged waits for the device's next message.
            MailboxOf(device).ReviewAt(Now + RetryReviewAfter);
            throw;
        }
    }

    /// <summary>Not on the thread of whoever changed a rule. Changes that come during one round are one more round.</summary>
    private void ReviewAll()
    {
        if (Interlocked.Increment(ref _roundsAskedFor) == 1)
            _ = Task.Run(ReviewRounds);
    }

    private async Task ReviewRounds()
    {
        int asked;
        do
        {
            asked = Volatile.Read(ref _roundsAskedFor);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ReviewsAtOnce, CancellationToken = _stopped };
            await Parallel.ForEachAsync(_mailboxes, parallel, (entry, _) => new ValueTask(ReviewAndObserve(entry.Value))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (Interlocked.Add(ref _roundsAskedFor, -asked) > 0 && !_stopped.IsCancellationRequested);
    }

    [LoggerMessage(1009, LogLevel.Debug, "Device {DeviceId}: its last commands were not stored; it is taken up again from the journal")]
    private partial void LogNotStored(DeviceId deviceId, Exception exception);

    [LoggerMessage(1001, LogLevel.Error, "Device {DeviceId}: the outcome of its last commands is unknown; it is taken up again from the journal")]
    private partial void LogFailure(DeviceId deviceId, Exception exception);
}
