using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Application.Twins.Encoding;

internal static class DescriptionFields
{
    public static void Write(ref FieldWriter writer, DeviceDescription description)
    {
        writer.WriteOptionalText(description.Name);
        writer.WriteOptionalText(description.Type);
        writer.WriteOptionalText(description.Location);
        WriteTexts(ref writer, description.Tags);
        writer.WriteOptionalText(description.Organisation);
        writer.WriteOptionalText(description.Site);
        WriteTexts(ref writer, description.Groups);
        writer.WriteVarint((ulong)description.Metadata.Length);
        foreach (var (key, value) in description.Metadata)
        {
            writer.WriteText(key);
            writer.WriteText(value);
        }

        writer.WriteOptionalText(description.Firmware);
    }

    public static DeviceDescription Read(ref FieldReader reader) => ReadFirst(ref reader) with
    {
        Organisation = reader.ReadOptionalText(),
        Site = reader.ReadOptionalText(),
        Groups = ReadTexts(ref reader),
        Metadata = ReadMetadata(ref reader),
        Firmware = reader.ReadOptionalText(),
    };

    /// <summary>As it was stored by the first format.</summary>
    public static DeviceDescription ReadFirst(ref FieldReader reader) =>
        new(reader.ReadOptionalText(), reader.ReadOptionalText(), reader.ReadOptionalText(), ReadTexts(ref reader));

    public static void WriteTexts(ref FieldWriter writer, ImmutableArray<string> texts)
    {
        writer.WriteVarint((ulong)texts.Length);
        foreach (var text in texts)
            writer.WriteText(text);
    }

    public static ImmutableArray<string> ReadTexts(ref FieldReader reader)
    {
        var texts = new string[reader.ReadCount()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadText();

        return ImmutableCollectionsMarshal.AsImmutableArray(texts);
    }

    private static ImmutableArray<MetadataEntry> ReadMetadata(ref FieldReader reader)
    {
        var entries = new MetadataEntry[reader.ReadCount()];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new MetadataEntry(reader.ReadText(), reader.ReadText());

        return ImmutableCollectionsMarshal.AsImmutableArray(entries);
    }
}
