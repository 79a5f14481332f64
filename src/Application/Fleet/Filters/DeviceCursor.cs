using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>
/// Where a page of a sorted list ended: the values of its last device, not a count. So whatever comes, goes or changes between two
/// pages, a device that stayed where it was is on exactly one of them.
/// </summary>
public static class DeviceCursor
{
    private const int Version = 1;

    // Four texts of the longest kind, each character escaped, and the order itself.
    private const int MaxLength = 32_000;

    /// <summary>Whether it is one that a page of this order ended with.</summary>
    public static bool IsValid(string cursor, DeviceSort sort) => TryParse(cursor, sort, out _);

    internal static string After(DevicePlace last, DeviceSort sort)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(Version);
            writer.WriteStringValue(sort.ToString());
            writer.WriteStringValue(last.Device);
            foreach (var value in last.Values)
                Write(writer, value);
            writer.WriteEndArray();
        }

        return Base64Url.EncodeToString(json.WrittenSpan);
    }

    internal static DevicePlace Parse(string cursor, DeviceSort sort) =>
        TryParse(cursor, sort, out var place) ? place : throw new FormatException("The cursor is of another order, or none at all.");

    private static bool TryParse(string cursor, DeviceSort sort, [NotNullWhen(true)] out DevicePlace? place)
    {
        place = null;
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
            return false;

        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(cursor));
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Array
                || root.GetArrayLength() != 3 + (2 * sort.Keys.Length)
                || root[0].ValueKind != JsonValueKind.Number || !root[0].TryGetInt32(out var version) || version != Version
                || root[1].ValueKind != JsonValueKind.String || root[1].GetString() != sort.ToString()
                || root[2].ValueKind != JsonValueKind.String || !DeviceId.TryParse(root[2].GetString(), out var device))
            {
                return false;
            }

            var values = ImmutableArray.CreateBuilder<FieldValue>(sort.Keys.Length);
            for (var i = 3; i < root.GetArrayLength(); i += 2)
            {
                if (Read(root[i], root[i + 1]) is not { } value)
                    return false;

                values.Add(value);
            }

            place = new DevicePlace(values.DrainToImmutable(), device.Value);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A text of half a surrogate pair: JSON can hold it, .NET cannot.
            return false;
        }
    }

    private static void Write(Utf8JsonWriter writer, FieldValue value)
    {
        writer.WriteNumberValue((int)value.Kind);
        if (value.Kind == FieldValueKind.Text)
            writer.WriteStringValue(value.Text);
        else
            writer.WriteNumberValue(value.Number);
    }

    private static FieldValue? Read(JsonElement kind, JsonElement value)
    {
        if (kind.ValueKind != JsonValueKind.Number || !kind.TryGetInt32(out var of))
            return null;

        if (value.ValueKind == JsonValueKind.String)
            return of == (int)FieldValueKind.Text ? FieldValue.Of(value.GetString()) : null;

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number))
            return null;

        return (FieldValueKind)of switch
        {
            FieldValueKind.Missing => default(FieldValue),
            FieldValueKind.Boolean => FieldValue.Of(number != 0),
            FieldValueKind.Number => FieldValue.Of(number),
            FieldValueKind.Word => FieldValue.OfWord((int)number),
            FieldValueKind.Moment => FieldValue.Of(new Instant((long)number)),
            _ => null,
        };
    }
}
