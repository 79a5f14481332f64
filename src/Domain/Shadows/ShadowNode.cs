using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansIot.Domain.Shadows;

/// <summary>
/// A part of a shadow's state, stored or asked for: a tree whose leaves keep the JSON text they came with, so that a number
/// reads back as it was written. Members are in the order of their names, which lets two trees be walked together.
/// </summary>
public abstract class ShadowNode : IEquatable<ShadowNode>
{
    private ShadowNode()
    {
    }

    public abstract bool Equals(ShadowNode? other);

    public override bool Equals(object? obj) => Equals(obj as ShadowNode);

    public abstract override int GetHashCode();

    /// <summary>A text, number, truth value, or array: what is replaced as a whole.</summary>
    public sealed class Leaf : ShadowNode
    {
        /// <summary>In a request: the key, or the section, is to be removed.</summary>
        public static readonly Leaf Null = new("null"u8.ToArray(), 0, null);

        private readonly byte[] _json;

        /// <param name="json">Compact, as <see cref="ShadowJson"/> makes it; belongs to the leaf from here on.</param>
        /// <param name="writtenAt">Unix seconds; 0 in a request.</param>
        /// <param name="author">Who asked for it; null in the reported section, whose author is the device.</param>
        public Leaf(byte[] json, long writtenAt, string? author)
        {
            (_json, WrittenAt, Author) = (json, writtenAt, author);
        }

        public ReadOnlySpan<byte> Json => _json;

        /// <summary>Unix seconds of the last update that mentioned it.</summary>
        public long WrittenAt { get; }

        public string? Author { get; }

        public bool IsNull => _json[0] == (byte)'n';

        public bool IsArray => _json[0] == (byte)'[';

        public Leaf Stamped(long writtenAt, string? author) => new(_json, writtenAt, author);

        /// <summary>Whether both say the same: 1 and 1.0 do.</summary>
        public bool HasValueOf(Leaf other)
        {
            if (Json.SequenceEqual(other.Json))
                return true;
            if (!(IsArray && other.IsArray) && !(IsNumber && other.IsNumber))
                return false; // texts have one spelling

            using var mine = JsonDocument.Parse(_json);
            using var others = JsonDocument.Parse(other._json);
            return JsonElement.DeepEquals(mine.RootElement, others.RootElement);
        }

        public override bool Equals(ShadowNode? other) =>
            other is Leaf leaf && WrittenAt == leaf.WrittenAt && Author == leaf.Author && Json.SequenceEqual(leaf.Json);

        public override int GetHashCode() => HashCode.Combine(_json.Length, WrittenAt);

        private bool IsNumber => _json[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');
    }

    /// <summary>An object.</summary>
    public sealed class Branch(ImmutableArray<ShadowMember> members) : ShadowNode
    {
        public static readonly Branch Empty = new([]);

        /// <summary>In ordinal order of their names.</summary>
        public ImmutableArray<ShadowMember> Members { get; } = members;

        public override bool Equals(ShadowNode? other) => other is Branch branch && Members.AsSpan().SequenceEqual(branch.Members.AsSpan());

        public override int GetHashCode() => HashCode.Combine(Members.Length, Members.IsEmpty ? null : Members[0].Name);
    }
}

public readonly record struct ShadowMember(string Name, ShadowNode Value);
