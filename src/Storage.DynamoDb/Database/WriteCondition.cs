using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>What must hold of an item for a write to be done.</summary>
internal sealed record WriteCondition(string Expression, Dictionary<string, string>? AttributeNames = null, Item? Values = null)
{
    public static readonly WriteCondition IsNew = new($"attribute_not_exists({Names.Partition})");

    public static WriteCondition IsAt(long version) => new(
        "#version = :version", new() { ["#version"] = Names.Version }, new() { [":version"] = AttributeExtensions.Of(version) });
}
