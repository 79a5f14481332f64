using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>A policy document under its name.</summary>
public sealed class Policy(string name, ImmutableArray<PolicyStatement> statements)
{
    public string Name { get; } = name;

    public ImmutableArray<PolicyStatement> Statements { get; } = statements;

    /// <summary>A statement's own id, or its place: <c>statement 2</c>.</summary>
    public string NameOf(PolicyStatement statement) =>
        statement.Id is { } id ? $"statement \"{id}\"" : $"statement {Statements.IndexOf(statement) + 1}";
}
