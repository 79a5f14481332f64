using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Notifications;

/// <summary>Something to be told to somebody, decided once and for all in the commit that caused it.</summary>
/// <param name="Id">Idempotency key, made from alert, step, channel and target: the same cause never makes a second one.</param>
/// <param name="Channel">Name of the <see cref="Ports.INotificationChannel"/>.</param>
/// <param name="Target">Where to, in the channel's own terms: a webhook's address; empty for the channel's configured target.</param>
/// <param name="Transition">Which step of the alert's life is told.</param>
/// <param name="Alert">As it was after that step.</param>
public sealed record OutboxMessage(string Id, string Channel, string Target, AlertTransitions Transition, Alert Alert, string? DeviceName, Instant CreatedAt);

/// <summary>Where a message of the outbox stands.</summary>
public enum DeliveryStatus : byte
{
    Pending = 0,
    Delivered = 1,

    /// <summary>Given up: refused for good, or out of attempts.</summary>
    Failed = 2,
}

/// <summary>A message and what became of it.</summary>
/// <param name="DueAt">Not tried before.</param>
/// <param name="Outcome">Of the last attempt, for people: <c>200 OK in 41 ms</c>.</param>
public sealed record Delivery(OutboxMessage Message, DeliveryStatus Status, int Attempts, Instant DueAt, Instant? LastAttemptAt, string? Outcome);
