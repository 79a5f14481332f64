using Microsoft.AspNetCore.Components;
using OrleansIot.Application.Rules;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Dashboard.Rules;

public sealed partial class RuleEditPage
{
    private RuleForm _form = new();
    private bool _isGone;
    private bool _asksToDelete;
    private string? _problem;

    /// <summary>Null for a new rule.</summary>
    [Parameter]
    public string? Id { get; set; }

    [Inject]
    private IRules Rules { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string Title => _isGone ? $"Rule {Id}" : _form.IsNew ? "New rule" : _form.Name;

    protected override void OnParametersSet()
    {
        var edited = RuleId.TryParse(Id, out var id) ? Rules.Find(id) : null;
        _isGone = Id is not null && edited is null;
        _form = edited is null ? new RuleForm() : RuleForm.Of(edited);
    }

    private async Task Save()
    {
        if (_form.Build(id => Rules.Find(id) is not null) is not { } rule)
        {
            _problem = "Not saved: mend the fields that are marked.";
            return;
        }

        // Two people at one rule: the second one is told, and nothing is lost silently.
        if (!_form.IsNew && Rules.Find(rule.Id)?.Version != _form.Version)
        {
            _problem = "Not saved: somebody changed or deleted this rule since you opened it. Load the page again to see it.";
            return;
        }

        await Rules.Put(rule);
        Navigation.NavigateTo("/rules");
    }

    private async Task Delete()
    {
        await Rules.Delete(RuleId.Parse(_form.Id));
        Navigation.NavigateTo("/rules");
    }
}
