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
        if (await Rules.Put(rule, _form.Version) is null)
        {
            _problem = Conflict("saved", rule.Id);
            return;
        }

        Navigation.NavigateTo("/rules");
    }

    private async Task Delete()
    {
        var rule = RuleId.Parse(_form.Id);
        if (!await Rules.Delete(rule, _form.Version) && Rules.Find(rule) is not null)
        {
            _asksToDelete = false;
            _problem = Conflict("deleted", rule);
            return;
        }

        Navigation.NavigateTo("/rules");
    }

    private string Conflict(string done, RuleId id) => (_form.IsNew, Rules.Find(id)) switch
    {
        (true, _) => $"Not {done}: somebody created a rule {id} meanwhile. Choose another id.",
        (_, { } present) => $"Not {done}: somebody changed this rule since you opened version {_form.Version}; it is at version {present.Version}. Load the page again to see it.",
        _ => $"Not {done}: somebody deleted this rule since you opened it.",
    };
}
