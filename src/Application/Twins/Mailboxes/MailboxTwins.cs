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
    private static readonly TimeSpan RetryReviewAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<DeviceId, TwinMailbox> _mailboxes = new();
    private readonly FleetIndex _fleet;
    private readonly IRules _rules;
    private readonly ReviewSchedule _schedule;
    private readonly ILogger<MailboxTwins> _log;

    public MailboxTwins(LiveTwinServices services, FleetIndex fleet, IOptions<TwinOptions> options, ILogger<MailboxTwins> log)
    {
        Services = services;
        MailboxCapacity = options.Value.MailboxCapacity;
        _fleet = fleet;
        _rules = services.Rules;
        _schedule = new ReviewSchedule(services.Time);
        _log = log;
        _rules.Changed += ReviewAll;
    }

    public LiveTwinServices Services { get; }

    public int MailboxCapacity { get; }

    public Instant Now => Instant.From(Services.Time.GetUtcNow());

    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        while (true)
        {
            var mailbox = _mailboxes.GetOrAdd(device, static (id, twins) => new TwinMailbox(id, twins), this);
            switch (mailbox.TryPost(command, out var promise))
            {
                case Posting.Posted:
                    return promise;
                case Posting.Full:
                    return WaitAndExecute(mailbox, command, cancellation);
            }

            Forget(mailbox);
        }
    }

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => new(_fleet.Find(device));

    /// <summary>Takes a twin up before anybody asks for it, so that its timers run.</summary>
    public ValueTask<Decision> Activate(DeviceId device) => Execute(device, new TwinCommand.Review(Now));

    public void Forget(TwinMailbox mailbox) => _mailboxes.TryRemove(new KeyValuePair<DeviceId, TwinMailbox>(mailbox.Device, mailbox));

    public void Schedule(TwinMailbox mailbox, Instant at) => _schedule.Add(mailbox, at);

    public void Review(TwinMailbox mailbox) => _ = ReviewAndObserve(mailbox);

    public void ReportFailure(DeviceId device, Exception exception) => LogFailure(device, exception);

    public void Dispose()
    {
        _rules.Changed -= ReviewAll;
        _schedule.Dispose();
    }

    private async ValueTask<Decision> WaitAndExecute(TwinMailbox mailbox, TwinCommand command, CancellationToken cancellation)
    {
        await mailbox.RoomAgain().WaitAsync(cancellation);
        return await Execute(mailbox.Device, command, cancellation);
    }

    private async Task ReviewAndObserve(TwinMailbox mailbox)
    {
        try
        {
            await Execute(mailbox.Device, new TwinCommand.Review(Now));
        }
        catch (TwinUnavailableException)
        {
            // Reported where it happened. Time goes on for this device as soon as the store does.
            _schedule.Add(mailbox, Now + RetryReviewAfter);
        }
    }

    private void ReviewAll()
    {
        foreach (var mailbox in _mailboxes.Values)
            Review(mailbox);
    }

    [LoggerMessage(1001, LogLevel.Error, "Device {DeviceId}: the outcome of its last commands is unknown; it is taken up again from the journal")]
    private partial void LogFailure(DeviceId deviceId, Exception exception);
}
