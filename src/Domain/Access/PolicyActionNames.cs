using System.Collections.Immutable;
using System.Text;

namespace OrleansIot.Domain.Access;

/// <summary>Actions as a policy document writes them: <c>iot:Publish</c>.</summary>
public static class PolicyActionNames
{
    public const string Prefix = "iot:";

    public static readonly ImmutableArray<PolicyActions> All =
        [.. Enum.GetValues<PolicyActions>().Where(action => action != PolicyActions.None)];

    public static string Of(PolicyActions action) => Prefix + action;

    /// <summary>The actions that a name stands for; <c>*</c> and <c>?</c> in it are wildcards. None where there is no such action.</summary>
    public static PolicyActions Named(string name)
    {
        if (!PolicyPattern.TryParse(name, hasWildcards: true, out var pattern, out _))
            return PolicyActions.None;

        var found = PolicyActions.None;
        foreach (var action in All)
        {
            if (pattern.Matches(Encoding.UTF8.GetBytes(Of(action)), AccessContext.Nobody))
                found |= action;
        }

        return found;
    }

    public static PolicyResourceKind ResourceOf(PolicyActions action) => action switch
    {
        PolicyActions.Connect => PolicyResourceKind.Client,
        PolicyActions.Publish or PolicyActions.Receive or PolicyActions.RetainPublish or PolicyActions.GetRetainedMessage => PolicyResourceKind.Topic,
        PolicyActions.Subscribe => PolicyResourceKind.TopicFilter,
        PolicyActions.ListRetainedMessages => PolicyResourceKind.Any,
        _ => PolicyResourceKind.Thing,
    };
}
