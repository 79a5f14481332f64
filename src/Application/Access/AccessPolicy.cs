using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>A policy, and the document that it was read from.</summary>
public sealed record AccessPolicy(Policy Policy, string Document)
{
    public string Name => Policy.Name;
}
