using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansIot.Application.Documents;

/// <summary>The fields of one JSON object of a document; what is wrong with one goes to the faults, and reading goes on.</summary>
internal sealed class DocumentFields(JsonElement json, string prefix, List<DocumentFault> faults)
{
    private const double MaxSeconds = 30 * 24 * 60 * 60;

    /// <summary>Faults every field that is not known.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        foreach (var field in json.EnumerateObject())
        {
            if (!known.Contains(field.Name))
                Fault(field.Name, "is not a field of this.", Suggestion(field.Name, known));
        }
    }

    public void Fault(string field, string problem, string mend) => faults.Add(new DocumentFault(prefix + field, problem, mend));

    public DocumentFields? Object(string field, string mend)
    {
        if (Find(field) is not { } value)
            return null;

        if (value.ValueKind == JsonValueKind.Object)
            return new DocumentFields(value, $"{prefix}{field}.", faults);

        Fault(field, "is not an object.", mend);
        return null;
    }

    /// <summary>The objects of a list; null where it is none.</summary>
    public ImmutableArray<DocumentFields>? Objects(string field, int maxCount, string mend)
    {
        var place = 0;
        return List(field, maxCount, item => item.ValueKind == JsonValueKind.Object ? new DocumentFields(item, $"{prefix}{field}[{place++}].", faults) : null, "which is not an object.", mend);
    }

    public bool? Boolean(string field)
    {
        if (Find(field) is not { } value)
            return null;

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();

        Fault(field, "is neither true nor false.", "Write true or false without quotation marks.");
        return null;
    }

    /// <summary>The value; null where the field is missing or null.</summary>
    public JsonElement? Find(string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string field, int maxLength)
    {
        if (Find(field) is not { } value)
            return null;

        if (value.ValueKind != JsonValueKind.String)
            Fault(field, "is not a text.", "Write it in quotation marks.");
        else if (value.GetString() is { } text && (string.IsNullOrWhiteSpace(text) || text.Length > maxLength))
            Fault(field, text.Length > maxLength ? $"has {text.Length} characters." : "is empty.", $"Write 1 to {maxLength} characters, or leave it out.");
        else
            return value.GetString();

        return null;
    }

    public double? Number(string field)
    {
        if (Find(field) is not { } value)
            return null;

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
            return number;

        Fault(field, "is not a finite number.", "Write a number without quotation marks.");
        return null;
    }

    public TimeSpan? Seconds(string field)
    {
        if (Number(field) is not { } seconds)
            return null;

        if (seconds is >= 0 and <= MaxSeconds)
            return TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));

        Fault(field, seconds < 0 ? "is negative." : "is longer than 30 days.", $"Write seconds from 0 to {MaxSeconds}.");
        return null;
    }

    public T? Word<T>(string field, ImmutableArray<(string Word, T Meaning)> words)
        where T : struct
    {
        if (Find(field) is not { } value)
            return null;

        if (Meaning(value, words) is { } meaning)
            return meaning;

        Fault(field, $"is {Shown(value)}, which is not one of its values.", OneOf(words));
        return null;
    }

    /// <summary>The meanings of the field's items; an item that <paramref name="read"/> refuses is faulted with <paramref name="mend"/>.</summary>
    public ImmutableArray<T>? List<T>(string field, int maxCount, Func<JsonElement, T?> read, string problem, string mend)
    {
        if (Find(field) is not { } list)
            return null;

        if (list.ValueKind != JsonValueKind.Array)
        {
            Fault(field, "is not a list.", "Write its items between [ and ].");
            return null;
        }

        if (list.GetArrayLength() > maxCount)
        {
            Fault(field, $"has {list.GetArrayLength()} items.", $"Write at most {maxCount}.");
            return null;
        }

        var items = ImmutableArray.CreateBuilder<T>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (read(item) is { } value)
                items.Add(value);
            else
                Fault($"{field}[{index}]", $"is {Shown(item)}, {problem}", mend);

            index++;
        }

        return items.DrainToImmutable();
    }

    public static T? Meaning<T>(JsonElement value, ImmutableArray<(string Word, T Meaning)> words)
        where T : struct
    {
        foreach (var (word, meaning) in words)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(word))
                return meaning;
        }

        return null;
    }

    public static string OneOf<T>(ImmutableArray<(string Word, T Meaning)> words) =>
        $"Write one of {string.Join(", ", words.Select(pair => $"\"{pair.Word}\""))}.";

    /// <summary>The value as it was written, cut to a length that suits a message.</summary>
    public static string Shown(JsonElement value)
    {
        const int Longest = 60;
        var text = value.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    private static string Suggestion(string field, ReadOnlySpan<string> known)
    {
        foreach (var name in known)
        {
            if (name.Equals(field.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                return $"Write \"{name}\".";
        }

        return $"Remove it; known are {string.Join(", ", known)}.";
    }
}
