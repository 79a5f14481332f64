using System.Text.Json;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Documents;
using OrleansIot.Dashboard.Rules;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A device type as somebody types it. <see cref="Build"/> makes the type, or says of each field what to mend.</summary>
public sealed class TypeForm
{
    private readonly DeviceTypeId? _edited;
    private readonly Dictionary<string, string> _mends = [];

    public TypeForm()
    {
    }

    private TypeForm(DeviceTypeId edited) => _edited = edited;

    public bool IsNew => _edited is null;

    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>A word of the type's document: <c>flag</c>, <c>refuse</c>.</summary>
    public string OnBreach { get; set; } = "flag";

    public bool Strict { get; set; }

    public List<TypeMetricRow> Metrics { get; private set; } = [];

    public List<DerivedMetricRow> Derived { get; private set; } = [];

    /// <summary>By field of the document: what is wrong, and the mend. A row has its own.</summary>
    public IReadOnlyDictionary<string, string> Mends => _mends;

    public string SuggestedId => RuleForm.SuggestId(Name);

    public static TypeForm Of(DeviceType type)
    {
        var form = new TypeForm(type.Id);
        form.Fill(DeviceTypeDocument.Of(type));
        return form;
    }

    /// <summary>Null while something is to be mended.</summary>
    public DeviceType? Build()
    {
        _mends.Clear();
        List<TypeMetricRow> metrics = [.. Metrics.Where(row => !row.IsBlank)];
        List<DerivedMetricRow> derived = [.. Derived.Where(row => !row.IsBlank)];
        foreach (var mends in Metrics.Select(row => row.Mends).Concat(Derived.Select(row => row.Mends)))
            mends.Clear();

        var read = DeviceTypeDocumentReader.Read(Document(metrics, derived), _edited);
        foreach (var fault in read.Faults)
            Mark(fault, metrics, derived);

        return read.Type;
    }

    /// <summary>Takes in what devices were seen to send. What the form says of a metric already stays: it may have been thought about.</summary>
    /// <returns>How many metrics it did not have.</returns>
    public int Add(DeviceType proposed)
    {
        Metrics.RemoveAll(row => row.IsBlank);
        var known = Metrics.Select(row => row.Name.Trim()).Concat(Derived.Select(row => row.Name.Trim())).ToHashSet(StringComparer.Ordinal);
        List<TypeMetricRow> added = [.. (DeviceTypeDocument.Of(proposed).Metrics ?? []).Where(metric => !known.Contains(metric.Name)).Select(TypeMetricRow.Of)];
        Metrics.AddRange(added);
        if (IsNew && string.IsNullOrWhiteSpace(Id))
            Id = proposed.Id.Value;

        return added.Count;
    }

    private void Fill(DeviceTypeDocument document)
    {
        Id = document.Id;
        Name = document.Name ?? "";
        Description = document.Description ?? "";
        OnBreach = document.OnBreach ?? OnBreach;
        Strict = document.Strict ?? false;
        Metrics = [.. (document.Metrics ?? []).Select(TypeMetricRow.Of)];
        Derived = [.. (document.Derived ?? []).Select(DerivedMetricRow.Of)];
    }

    private byte[] Document(List<TypeMetricRow> metrics, List<DerivedMetricRow> derived)
    {
        using var target = new MemoryStream();
        using (var json = new Utf8JsonWriter(target))
        {
            json.WriteStartObject();
            json.WriteTyped("id", string.IsNullOrWhiteSpace(Id) ? SuggestedId : Id);
            json.WriteTyped("name", Name);
            json.WriteTyped("description", Description);
            json.WriteStartArray("metrics");
            metrics.ForEach(row => row.Write(json));
            json.WriteEndArray();
            json.WriteStartArray("derived");
            derived.ForEach(row => row.Write(json));
            json.WriteEndArray();
            json.WriteString("onBreach", OnBreach);
            json.WriteBoolean("strict", Strict);
            json.WriteEndObject();
        }

        return target.ToArray();
    }

    // A path is the field's name, or that of a row's field: metrics[2].transform.from.
    private void Mark(DocumentFault fault, List<TypeMetricRow> metrics, List<DerivedMetricRow> derived)
    {
        if (Row(fault.Path, "metrics") is var (metric, field))
        {
            metrics[metric].Mends.Add(fault with { Path = field });
            metrics[metric].ShowsMore |= field.StartsWith("transform", StringComparison.Ordinal) || field == "description";
        }
        else if (Row(fault.Path, "derived") is var (computed, part))
        {
            derived[computed].Mends.Add(fault with { Path = part });
        }
        else
        {
            _mends.TryAdd(fault.Path, $"{char.ToUpperInvariant(fault.Problem[0])}{fault.Problem[1..]} {fault.Mend}");
        }
    }

    private static (int Row, string Field)? Row(string path, string list)
    {
        var end = path.IndexOf("].", StringComparison.Ordinal);
        return end > 0 && path.StartsWith($"{list}[", StringComparison.Ordinal) && int.TryParse(path.AsSpan(list.Length + 1, end - list.Length - 1), out var row)
            ? (row, path[(end + 2)..])
            : null;
    }
}
