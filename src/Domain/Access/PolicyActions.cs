namespace OrleansIot.Domain.Access;

/// <summary>
/// What a policy can allow or deny. A request asks for one of them; a statement names any number. Publishing with RETAIN asks
/// twice, for <see cref="Publish"/> and for <see cref="RetainPublish"/>; a will asks the same as the publish it becomes.
/// </summary>
[Flags]
public enum PolicyActions
{
    None = 0,
    Connect = 1 << 0,
    Publish = 1 << 1,
    Subscribe = 1 << 2,

    /// <summary>Asked on every delivery, so that what is taken away stops reaching subscriptions that are already there.</summary>
    Receive = 1 << 3,
    RetainPublish = 1 << 4,
    GetRetainedMessage = 1 << 5,
    ListRetainedMessages = 1 << 6,

    // Asked over HTTP alone: over MQTT these are publishes and subscriptions.
    GetThingShadow = 1 << 7,
    UpdateThingShadow = 1 << 8,
    DeleteThingShadow = 1 << 9,
    ListNamedShadowsForThing = 1 << 10,
    DescribeJobExecution = 1 << 11,
    GetPendingJobExecutions = 1 << 12,
    StartNextPendingJobExecution = 1 << 13,
    UpdateJobExecution = 1 << 14,
}
