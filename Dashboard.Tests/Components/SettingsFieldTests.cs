using Bunit;
using Presence.Dashboard.Components.Shared;

using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

public sealed class SettingsFieldTests : PageTest
{
    private int? _value = 30;

    [Fact]
    public void Typed_AsNobodyWouldWriteIt_IsUnderstoodAndLeftAsItIs()
    {
        var field = RenderField();

        field.Act(shown => shown.Find("input").Input("0"));
        field.Act(shown => shown.Find("input").Input("045"));

        Assert.Equal(45, _value);
        Show(field);
        Assert.Equal("045", field.Find("input").GetAttribute("value"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1e3")]
    [InlineData("-4")]
    public void Typed_NotANumber_IsNone(string text)
    {
        var field = RenderField();

        field.Act(shown => shown.Find("input").Input(text));

        Assert.Null(_value);
        Show(field);
        Assert.Equal(text, field.Find("input").GetAttribute("value") ?? "");
    }

    [Fact]
    public void Value_SetElsewhere_ReplacesWhatWasTyped()
    {
        var field = RenderField();
        field.Act(shown => shown.Find("input").Input("1e"));

        _value = 60;
        Show(field);

        Assert.Equal("60", field.Find("input").GetAttribute("value"));
    }

    private IRenderedComponent<SettingsField> RenderField() => Render<SettingsField>(parameters => parameters
        .Add(p => p.Id, "interval").Add(p => p.Label, "Interval").Add(p => p.Unit, "s").Add(p => p.Value, _value).Add(p => p.ValueChanged, value => _value = value));

    private void Show(IRenderedComponent<SettingsField> field) => field.Render(parameters => parameters.Add(p => p.Value, _value));
}
