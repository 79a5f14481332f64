using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Domain;

namespace OrleansIot.Api.Alerts;

/// <summary>A message about an alert, and what became of it.</summary>
/// <param name="Id">The message's idempotency key.</param>
/// <param name="Target">A webhook's address; empty for the channel's configured target.</param>
/// <param name="Step">The step that is told: <c>triggered</c>, <c>acknowledged</c> or <c>resolved</c>.</param>
/// <param name="Status"><c>pending</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="DueAt">When it is tried next, while pending.</param>
/// <param name="Outcome">Of the last attempt, for people.</param>
public sealed record DeliveryDocument(
    string Id, string Channel, string Target, string Step, string Status, int Attempts, Instant CreatedAt, Instant? DueAt, Instant? LastAttemptAt, string? Outcome)
{
    public static DeliveryDocument Of(Delivery delivery) => new(
        delivery.Message.Id,
        delivery.Message.Channel,
        delivery.Message.Target,
        RuleDocumentWords.Of(delivery.Message.Transition).FirstOrDefault(""),
        WordOf(delivery.Status),
        delivery.Attempts,
        delivery.Message.CreatedAt,
        delivery.Status == DeliveryStatus.Pending ? delivery.DueAt : null,
        delivery.LastAttemptAt,
        delivery.Outcome);

    private static string WordOf(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Pending => "pending",
        DeliveryStatus.Delivered => "delivered",
        _ => "failed",
    };
}
