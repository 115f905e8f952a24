// Where a cursor stands: a menu, the object it edits and the way back up.

using System.Globalization;

namespace PacketSwitch.Control.Config;

/// <summary>
/// A detached position checks words against an object that no candidate keeps: it follows a menu
/// whose number was refused, so that one mistake gives one error.
/// </summary>
internal sealed record MenuPosition(
    Menu Menu, MenuPosition? Parent, int Id = 0, string Label = "", bool IsDetached = false)
{
    public static MenuPosition Root { get; } = new(MenuTree.Root, null);

    public bool IsRoot => Parent is null;

    /// <summary>
    /// The object's path: <c>real 1</c>, <c>virt 1/service 80</c>, <c>adv</c>, or empty.
    /// </summary>
    public string Path => !Menu.HasNumber ? Menu.OwnPath
        : Menu.IsService ? $"{Parent!.Path}/{Menu.Name} {Id}"
        : $"{Menu.Name} {Id}";

    /// <summary>How messages name the place; empty at the top.</summary>
    public string Description => Menu.HasNumber && IsDetached ? Menu.Name
        : Menu.HasNumber ? Path.Replace('/', ' ')
        : IsRoot ? ""
        : Menu.Name;

    public string Title => Menu.IsService ? $"{Parent!.Title} {ServiceTitle} Service"
        : Menu.HasNumber ? $"{Menu.Title} {Id}"
        : Menu.Title;

    private string ServiceTitle =>
        Label.Length > 0 ? Label : Id.ToString(CultureInfo.InvariantCulture);
}
