using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>
/// The order of a device list: <c>-temperature,name</c>. Devices without the value come last, upwards and downwards; those that
/// are equal in everything stand in order of id.
/// </summary>
public sealed class DeviceSort
{
    /// <summary>More only splits what is already equal in four.</summary>
    public const int MaxKeys = 4;

    private DeviceSort(ImmutableArray<SortKey> keys)
    {
        Keys = keys;
        Places = Comparer<DevicePlace>.Create(Compare);
        Reversed = Comparer<DevicePlace>.Create((left, right) => Compare(right, left));
    }

    public ImmutableArray<SortKey> Keys { get; }

    internal IComparer<DevicePlace> Places { get; }

    internal IComparer<DevicePlace> Reversed { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out DeviceSort? sort, [NotNullWhen(false)] out FilterFault? fault)
    {
        sort = null;
        if (text.Length > FilterExpression.MaxLength)
        {
            fault = new FilterFault("sort.too-long", FilterExpression.MaxLength + 1, $"The order has {text.Length} characters.", $"Write at most {FilterExpression.MaxLength}.");
            return false;
        }

        var tokens = new FilterTokens(text);
        var keys = ImmutableArray.CreateBuilder<SortKey>();
        do
        {
            Read(tokens, keys);
        }
        while (tokens.TryTake(FilterTokenKind.Comma));

        if (tokens.Current is { Kind: not FilterTokenKind.End } rest)
            tokens.Refuse("sort.syntax", rest.At, $"Here is '{rest.Text}'.", "Write names with commas between them.");

        // What is wrong with a name has the same words wherever it is written, but a code of the parameter it came in.
        fault = tokens.Fault is { } found ? found with { Code = found.Code.Replace("filter.", "sort.", StringComparison.Ordinal) } : null;
        if (fault is not null)
            return false;

        sort = new DeviceSort(keys.DrainToImmutable());
        return true;
    }

    /// <exception cref="FormatException">It cannot be understood; whoever takes one from outside asks <see cref="TryParse"/> first.</exception>
    public static DeviceSort Parse(string text) => TryParse(text, out var sort, out var fault) ? sort : throw new FormatException(fault.ToString());

    public override string ToString() => string.Join(',', Keys);

    internal DevicePlace PlaceOf(Twin twin) => new([.. Keys.Select(key => key.Field.ValueOf(twin))], twin.Device.Value, twin);

    /// <summary>Without making a place for the twin: of most of a fleet the first value decides.</summary>
    internal int Compare(Twin twin, DevicePlace place)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            var sign = Compare(Keys[i].Field.ValueOf(twin), place.Values[i], Keys[i].IsDescending);
            if (sign != 0)
                return sign;
        }

        return string.CompareOrdinal(twin.Device.Value, place.Device);
    }

    private int Compare(DevicePlace left, DevicePlace right)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            var sign = Compare(left.Values[i], right.Values[i], Keys[i].IsDescending);
            if (sign != 0)
                return sign;
        }

        return string.CompareOrdinal(left.Device, right.Device);
    }

    private static int Compare(FieldValue left, FieldValue right, bool descending) =>
        left.IsMissing || right.IsMissing ? left.IsMissing.CompareTo(right.IsMissing)
        : descending ? right.CompareTo(left)
        : left.CompareTo(right);

    private static void Read(FilterTokens tokens, ImmutableArray<SortKey>.Builder keys)
    {
        var at = tokens.Current.At;
        var descending = tokens.TryTake(FilterTokenKind.Minus);
        if (tokens.Current.Kind is not (FilterTokenKind.Word or FilterTokenKind.Metric))
        {
            tokens.Refuse("sort.syntax", tokens.Current.At, "A name is missing.", "Write a field or a metric, with - before it for the greatest first.");
            return;
        }

        if (FilterParser.FieldOf(tokens, tokens.Take()) is not { } field)
            return;

        if (field.Kind == FilterFieldKind.List)
            tokens.Refuse("sort.field", at, $"'{field}' is a list.", "Sort by a field that holds one value.");
        else if (keys.Any(key => key.Field.Equals(field)))
            tokens.Refuse("sort.field", at, $"'{field}' is named twice.", "Name it once.");
        else if (keys.Count == MaxKeys)
            tokens.Refuse("sort.too-many", at, $"There are more than {MaxKeys} names.", $"Name at most {MaxKeys}.");
        else
            keys.Add(new SortKey(field, descending));
    }
}
