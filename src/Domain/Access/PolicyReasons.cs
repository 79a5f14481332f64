namespace OrleansIot.Domain.Access;

/// <summary>Says of one statement why it concerns a request or not; the first reason that there is.</summary>
internal static class PolicyReasons
{
    public static string Of(PolicyStatement statement, in PolicyRequest request, AccessContext context, bool lacksGrant)
    {
        var verb = statement.Effect == PolicyEffect.Allow ? "allows" : "denies";
        var action = PolicyActionNames.Of(request.Action);
        if (!statement.Actions.HasFlag(request.Action))
            return $"does not speak of {action}.";

        if (!statement.NamesResource(request, context))
            return $"{verb} {action}, but {OtherResource(statement, request.Kind, context)}.";

        foreach (var condition in statement.Conditions)
        {
            if (!condition.IsMet(context, request.Attributes))
                return $"{verb} {action} here, but its condition is not met: {condition}.";
        }

        return lacksGrant
            ? $"allows {action} here, but not with {request.Attributes}: add a condition on iot:ConnectAttributes that grants it."
            : $"{verb} it.";
    }

    private static string OtherResource(PolicyStatement statement, PolicyResourceKind kind, AccessContext context)
    {
        var ofKind = statement.Resources.Where(resource => resource.Kind == kind).ToArray();
        if (ofKind.Length == 0)
            return $"names no {(kind == PolicyResourceKind.Any ? "\"*\"" : kind.ToString().ToLowerInvariant() + "/…")}, which this action is about";

        var unresolved = ofKind.SelectMany(resource => resource.Variables).Where(variable => context.Substitute(variable) is null).Distinct().ToArray();
        return $"on {string.Join(", ", ofKind.Select(resource => resource.Text))}"
            + (unresolved.Length == 0 ? "" : $", and this connection has no usable {string.Join(", ", unresolved.Select(variable => variable.Name))}");
    }
}
