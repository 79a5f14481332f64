namespace OrleansIot.Application.Fleet.Filters;

public sealed record SortKey(FilterField Field, bool IsDescending)
{
    public override string ToString() => IsDescending ? $"-{Field}" : Field.ToString();
}
