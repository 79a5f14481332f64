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
    }

    public static DeviceDescription Read(ref FieldReader reader) =>
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
}
