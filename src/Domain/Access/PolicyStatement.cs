using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>Allows or denies some actions on some resources, under conditions that all have to be met.</summary>
public sealed class PolicyStatement(
    string? id,
    PolicyEffect effect,
    PolicyActions actions,
    ImmutableArray<PolicyResource> resources,
    ImmutableArray<PolicyCondition> conditions = default)
{
    public string? Id { get; } = id;

    public PolicyEffect Effect { get; } = effect;

    public PolicyActions Actions { get; } = actions;

    public ImmutableArray<PolicyResource> Resources { get; } = resources;

    public ImmutableArray<PolicyCondition> Conditions { get; } = conditions.IsDefault ? [] : conditions;

    internal bool SpeaksOfConnectAttributes { get; } =
        !conditions.IsDefault && conditions.Any(condition => condition.Key.Kind == PolicyVariableKind.ConnectAttributes);

    internal bool Concerns(in PolicyRequest request, AccessContext context) => NamesResource(request, context) && MeetsConditions(request, context);

    internal bool NamesResource(in PolicyRequest request, AccessContext context)
    {
        foreach (var resource in Resources)
        {
            if (resource.Matches(request.Kind, request.Name, context))
                return true;
        }

        return false;
    }

    private bool MeetsConditions(in PolicyRequest request, AccessContext context)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.IsMet(context, request.Attributes))
                return false;
        }

        return true;
    }
}
