using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Shadows as fields. A request is kept as the JSON it came as; a shadow as its tree, each leaf with its JSON text, its time as
/// seconds before the shadow's, and its author as a place in the shadow's table of authors.
/// </summary>
internal static class ShadowFields
{
    private enum Section : byte
    {
        Absent = 0,
        Null = 1,
        Object = 2,
    }

    private enum Node : byte
    {
        Leaf = 0,
        Branch = 1,
    }

    public static void WriteShadowName(this ref FieldWriter writer, ShadowName name) => writer.WriteText(name.Value);

    public static ShadowName ReadShadowName(this ref FieldReader reader) =>
        reader.ReadText() is { Length: > 0 } name ? ShadowName.Parse(name) : ShadowName.Classic;

    public static void WriteShadowPatch(this ref FieldWriter writer, ShadowPatch patch)
    {
        writer.WriteByte(patch.IsNull ? (byte)1 : (byte)0);
        if (patch.IsNull)
            return;

        WriteSection(ref writer, patch.Desired);
        WriteSection(ref writer, patch.Reported);
    }

    public static ShadowPatch ReadShadowPatch(this ref FieldReader reader) =>
        reader.ReadByte() != 0 ? ShadowPatch.Everything : new ShadowPatch(ReadSection(ref reader), ReadSection(ref reader));

    public static void WriteShadows(this ref FieldWriter writer, ImmutableArray<Shadow> shadows)
    {
        writer.WriteVarint((ulong)shadows.Length);
        foreach (var shadow in shadows)
        {
            var authors = new List<string>();
            FindAuthors(shadow.Desired, authors);

            writer.WriteShadowName(shadow.Name);
            writer.WriteSigned(shadow.Version);
            writer.WriteInstant(shadow.UpdatedAt);
            writer.WriteOptionalInstant(shadow.DeletedAt);
            writer.WriteVarint((ulong)authors.Count);
            foreach (var author in authors)
                writer.WriteText(author);

            var seconds = shadow.UpdatedAt.UnixMilliseconds / 1_000;
            WriteTree(ref writer, shadow.Desired, seconds, authors);
            WriteTree(ref writer, shadow.Reported, seconds, authors);
        }
    }

    public static ImmutableArray<Shadow> ReadShadows(this ref FieldReader reader)
    {
        var shadows = new Shadow[reader.ReadCount()];
        for (var i = 0; i < shadows.Length; i++)
        {
            var shadow = new Shadow(reader.ReadShadowName(), reader.ReadSigned()) { UpdatedAt = reader.ReadInstant(), DeletedAt = reader.ReadOptionalInstant() };
            var authors = new string[reader.ReadCount()];
            for (var author = 0; author < authors.Length; author++)
                authors[author] = reader.ReadText();

            var seconds = shadow.UpdatedAt.UnixMilliseconds / 1_000;
            shadows[i] = shadow with { Desired = ReadTree(ref reader, seconds, authors), Reported = ReadTree(ref reader, seconds, authors) };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(shadows);
    }

    private static void WriteSection(ref FieldWriter writer, ShadowNode? section)
    {
        switch (section)
        {
            case null:
                writer.WriteByte((byte)Section.Absent);
                break;
            case ShadowNode.Branch:
                writer.WriteByte((byte)Section.Object);
                writer.WriteBytes(ShadowJson.ToBytes(section));
                break;
            default:
                writer.WriteByte((byte)Section.Null);
                break;
        }
    }

    private static ShadowNode? ReadSection(ref FieldReader reader) => (Section)reader.ReadByte() switch
    {
        Section.Absent => null,
        Section.Null => ShadowNode.Leaf.Null,
        Section.Object => ShadowJson.Read(reader.ReadTextBytes()),
        var section => throw new InvalidDataException($"A stored shadow request has a section of the unknown form {(byte)section}."),
    };

    private static void FindAuthors(ShadowNode? node, List<string> authors)
    {
        if (node is ShadowNode.Leaf { Author: { } author })
        {
            if (!authors.Contains(author))
                authors.Add(author);
        }
        else if (node is ShadowNode.Branch branch)
        {
            foreach (var member in branch.Members)
                FindAuthors(member.Value, authors);
        }
    }

    // The number of members, and each; a section that is not there has none, which no stored branch has.
    private static void WriteTree(ref FieldWriter writer, ShadowNode.Branch? branch, long seconds, List<string> authors)
    {
        writer.WriteVarint((ulong)(branch?.Members.Length ?? 0));
        if (branch is null)
            return;

        foreach (var (name, value) in branch.Members)
        {
            writer.WriteText(name);
            if (value is ShadowNode.Leaf leaf)
            {
                writer.WriteByte((byte)Node.Leaf);
                writer.WriteBytes(leaf.Json);
                writer.WriteSigned(seconds - leaf.WrittenAt);
                writer.WriteVarint((ulong)(leaf.Author is null ? 0 : authors.IndexOf(leaf.Author) + 1));
            }
            else
            {
                writer.WriteByte((byte)Node.Branch);
                WriteTree(ref writer, (ShadowNode.Branch)value, seconds, authors);
            }
        }
    }

    private static ShadowNode.Branch? ReadTree(ref FieldReader reader, long seconds, string[] authors)
    {
        var members = new ShadowMember[reader.ReadCount()];
        if (members.Length == 0)
            return null;

        for (var i = 0; i < members.Length; i++)
        {
            var name = reader.ReadText();
            members[i] = new ShadowMember(name, (Node)reader.ReadByte() switch
            {
                Node.Leaf => ReadLeaf(ref reader, seconds, authors),
                Node.Branch => ReadTree(ref reader, seconds, authors) ?? throw new InvalidDataException("A stored shadow has a branch without members."),
                var node => throw new InvalidDataException($"A stored shadow has a node of the unknown kind {(byte)node}."),
            });
        }

        return new ShadowNode.Branch(ImmutableCollectionsMarshal.AsImmutableArray(members));
    }

    private static ShadowNode.Leaf ReadLeaf(ref FieldReader reader, long seconds, string[] authors)
    {
        var json = reader.ReadTextBytes().ToArray();
        var at = seconds - reader.ReadSigned();
        var author = reader.ReadVarint();
        if (json.Length == 0 || author > (ulong)authors.Length)
            throw new InvalidDataException("A stored shadow has a leaf that is none.");

        return new ShadowNode.Leaf(json, at, author == 0 ? null : authors[author - 1]);
    }
}
