namespace OrleansIot.Application.Notifications.Ports;

/// <summary>One way to tell people: webhook, Slack, …</summary>
public interface INotificationChannel
{
    /// <summary>As rules name it in <c>actions.notifications</c>: <c>slack</c>. The one named <c>webhook</c> serves <c>actions.webhooks</c>.</summary>
    string Name { get; }

    /// <summary>Whether it has what it needs. Rules that name one that is not configured pass it over.</summary>
    bool IsConfigured { get; }

    /// <summary>Delivers once; the dispatcher retries.</summary>
    ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation);
}

/// <summary>What became of one attempt.</summary>
/// <param name="Outcome">For people: <c>200 OK in 41 ms</c>, <c>connection refused</c>.</param>
/// <param name="RetryAfter">What the other side asked for (HTTP Retry-After).</param>
public sealed record DeliveryResult(DeliveryVerdict Verdict, string Outcome, TimeSpan? RetryAfter = null);

public enum DeliveryVerdict
{
    Delivered,

    /// <summary>Worth another try: no connection, time-out, 408, 429, 5xx.</summary>
    Retry,

    /// <summary>Refused for good.</summary>
    Refused,
}
