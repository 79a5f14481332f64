using System.Collections.Immutable;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>
/// What a device type makes of a reading: values in the type's units, what breaks the schema flagged or refused, and derived
/// metrics behind the others. Pure, and asked only for devices of a type.
/// </summary>
internal static class SchemaRules
{
    public static SchemaOutcome Apply(TypeSchema schema, Twin twin, Reading reading)
    {
        var metrics = ImmutableArray.CreateBuilder<Metric>(reading.Metrics.Length + schema.Derivations.Length);
        ImmutableArray<ReadingFlag>.Builder? flags = null;
        foreach (var metric in reading.Metrics)
        {
            var (value, breach) = Judge(schema, metric);
            if (breach != Breach.None)
            {
                if (schema.Type.OnBreach == BreachPolicy.Refuse)
                    return new(reading, Refusal(schema, metric, breach));

                (flags ??= ImmutableArray.CreateBuilder<ReadingFlag>()).Add(new(metric.Name, breach));
            }

            if (breach != Breach.Derived)
                metrics.Add(new(metric.Name, value));
        }

        // Nothing but what the platform computes itself.
        if (metrics.Count == 0)
            return new(reading, Refusal(schema, reading.Metrics[0], Breach.Derived));

        foreach (var required in schema.Required)
        {
            if (IndexOf(metrics, required) >= 0)
                continue;

            if (schema.Type.OnBreach == BreachPolicy.Refuse)
                return new(reading, Refusal(schema, new(required, default), Breach.Missing));

            (flags ??= ImmutableArray.CreateBuilder<ReadingFlag>()).Add(new(required, Breach.Missing));
        }

        if (!schema.Derivations.IsEmpty)
            Derive(schema, twin, reading.Moment, metrics);

        return new(reading with { Metrics = metrics.DrainToImmutable(), Flags = flags?.DrainToImmutable() ?? [] });
    }

    private static (MetricValue Value, Breach Breach) Judge(TypeSchema schema, Metric metric)
    {
        if (schema.Find(metric.Name) is not { } due)
            return (metric.Value, schema.IsDerived(metric.Name) ? Breach.Derived : schema.Type.Strict ? Breach.Unknown : Breach.None);

        if (metric.Value.Kind != due.Kind)
            return (metric.Value, Breach.WrongKind);

        if (due.Kind != MetricKind.Number)
            return (metric.Value, Breach.None);

        var value = metric.Value;
        if (due.Transform is { } transform)
        {
            // Beyond what a number can hold: it is kept as it came.
            if (transform.Apply(value.Number) is not { } converted)
                return (value, Breach.OutOfRange);

            value = MetricValue.Of(converted);
        }

        return (value, value.Number < due.Min || value.Number > due.Max ? Breach.OutOfRange : Breach.None);
    }

    private static void Derive(TypeSchema schema, Twin twin, Instant moment, ImmutableArray<Metric>.Builder metrics)
    {
        foreach (var derived in schema.Derivations)
        {
            // Computed anew only where this reading has part in it: the same again would look like news.
            if (derived.Operands.Any(name => IndexOf(metrics, name) >= 0) && derived.Expression.Evaluate(Operand) is { } value)
                metrics.Add(new(derived.Name, value));
        }

        MetricValue? Operand(MetricName name)
        {
            if (IndexOf(metrics, name) is >= 0 and var index)
                return metrics[index].Value;

            // For a late reading a newer value is none: it was not so then. What was, is not at hand.
            return twin.Readings.Find(name) is { } last && last.At <= moment ? last.Value : null;
        }
    }

    private static TwinRejection Refusal(TypeSchema schema, Metric metric, Breach breach)
    {
        var type = schema.Type.Id;
        return breach switch
        {
            Breach.OutOfRange => new("reading.out-of-range", $"Metric '{metric.Name}' is {metric.Value}, which type '{type}' does not allow: it goes {Range(schema.Find(metric.Name)!)}. Mend the sensor, or the type's range."),
            Breach.WrongKind => new("reading.wrong-kind", $"Metric '{metric.Name}' is a {Word(metric.Value.Kind)}; type '{type}' has it as a {Word(schema.Find(metric.Name)!.Kind)}. Send that."),
            Breach.Missing => new("reading.missing-metric", $"Metric '{metric.Name}' is missing, which every reading of type '{type}' has. Send it with each."),
            Breach.Unknown => new("reading.unknown-metric", $"Metric '{metric.Name}' is not one of type '{type}', which is strict. Leave it out, or add it to the type."),
            _ => new("reading.derived-metric", $"Metric '{metric.Name}' is computed for type '{type}'. Leave it out."),
        };
    }

    private static string Range(MetricSchema metric)
    {
        var unit = metric.Unit is { } known ? $" {known}" : "";
        var converted = metric.Transform is null ? "" : " after its conversion";
        return (metric.Min, metric.Max) switch
        {
            ({ } min, { } max) => $"from {MetricValue.Of(min)} to {MetricValue.Of(max)}{unit}{converted}",
            ({ } min, null) => $"from {MetricValue.Of(min)}{unit} upwards{converted}",
            (null, { } max) => $"up to {MetricValue.Of(max)}{unit}{converted}",
            _ => $"as far as a number can{converted}",
        };
    }

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Number => "number",
        MetricKind.Boolean => "boolean",
        _ => "text",
    };

    private static int IndexOf(ImmutableArray<Metric>.Builder metrics, MetricName name)
    {
        for (var i = 0; i < metrics.Count; i++)
        {
            if (metrics[i].Name == name)
                return i;
        }

        return -1;
    }
}
