using System.Collections.Immutable;

namespace OrleansIot.Domain.Rules;

/// <summary>Who is told when a rule fires.</summary>
/// <param name="Notifications">Names of channels (<c>slack</c>, …); one that is not configured is passed over.</param>
/// <param name="Webhooks">Addresses that get a signed POST.</param>
/// <param name="On">The steps that are told; <see cref="AlertTransitions.Triggered"/> alone by default.</param>
public sealed record RuleActions(ImmutableArray<string> Notifications, ImmutableArray<Uri> Webhooks, AlertTransitions On)
{
    public static readonly RuleActions None = new([], [], AlertTransitions.Triggered);

    public bool Equals(RuleActions? other) =>
        other is not null && On == other.On && Notifications.SequenceEqual(other.Notifications) && Webhooks.SequenceEqual(other.Webhooks);

    public override int GetHashCode() => HashCode.Combine(On, Notifications.Length, Webhooks.Length);
}
