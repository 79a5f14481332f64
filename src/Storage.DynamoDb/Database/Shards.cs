using System.Globalization;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>
/// Spreads what belongs to the whole fleet over a fixed number of partitions, each of which takes a thousand writes a second.
/// The numbers are part of what is stored: other numbers would look elsewhere.
/// </summary>
internal static class Shards
{
    public static string Of(string group, string key, int count) => Name(group, (int)(Hash(key) % (uint)count));

    public static IEnumerable<string> All(string group, int count) => Enumerable.Range(0, count).Select(shard => Name(group, shard));

    private static string Name(string group, int shard) => string.Create(CultureInfo.InvariantCulture, $"{group}#{shard}");

    // FNV-1a: the same in every process and release, as string.GetHashCode is not.
    private static uint Hash(string key)
    {
        var hash = 2_166_136_261u;
        foreach (var c in key)
            hash = (hash ^ c) * 16_777_619u;

        return hash;
    }
}
