using System.Collections.Immutable;

namespace OrleansIot.Domain.Twins;

/// <summary>What follows from a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Done; these events say what changed. None: it was so already (a repeated message, an alert acknowledged before).</summary>
    public sealed record Accepted(ImmutableArray<TwinEvent> Events) : Decision
    {
        public static readonly Accepted Unchanged = new(ImmutableArray<TwinEvent>.Empty);
    }

    public sealed record Rejected(TwinRejection Reason) : Decision;
}
