using OrleansIot.Application.Documents;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>What is wrong with one row of a form, field by field.</summary>
public sealed class RowMends
{
    private readonly List<DocumentFault> _faults = [];

    /// <summary>Each begins with the name of its field.</summary>
    public IEnumerable<string> Sentences => _faults.Select(fault => fault.ToString());

    public bool Any => _faults.Count > 0;

    /// <param name="field">As the type's document names it.</param>
    public bool Has(string field) => _faults.Exists(fault => fault.Path == field || fault.Path.EndsWith($".{field}", StringComparison.Ordinal));

    internal void Add(DocumentFault fault) => _faults.Add(fault);

    internal void Clear() => _faults.Clear();
}
