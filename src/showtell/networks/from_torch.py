"""A backbone from a PyTorch module, by way of ONNX: torchvision's, timm's, or one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from showtell.errors import BackboneError
from showtell.networks import from_onnx, torch_export
from showtell.networks.backbone import Backbone
from showtell.networks.from_onnx import ImportOptions
from showtell.networks.preprocessing import Channels, find_normalization, from_shares, missing_normalization
from showtell.system import extras

if TYPE_CHECKING:
    import torch

SIZE = 224  # where nobody says another


def backbone(
    module: torch.nn.Module,
    preprocessing: Any = None,
    mean: Channels | None = None,
    std: Channels | None = None,
    size: int | None = None,
    crop: float | None = None,
    licence: str | None = None,
) -> Backbone:
    """Return the backbone of a PyTorch module; see ``FeatureExtractor.from_torch``."""
    extras.need("torch", "torch", "onnx")
    import torch

    if not isinstance(module, torch.nn.Module):
        raise BackboneError(f"expected a PyTorch module, found {type(module).__name__}")
    name = type(module).__name__
    known = _of_timm(module)
    if hasattr(preprocessing, "crop_size"):
        known, preprocessing = _of_torchvision(preprocessing), None
    normalization = find_normalization(preprocessing, mean, std) or known.get("normalization")
    if normalization is None:
        raise missing_normalization(name)
    size = size or known.get("size") or SIZE
    weights = torch_export.exported(_without_head(module), (3, size, size), ["given"], name)
    licence = licence or known.get("licence") or "unknown"
    source = known.get("source") or f"the PyTorch module {type(module).__module__}.{name}"
    entry = from_onnx.build(
        weights, name, ImportOptions(normalization, size, crop or known.get("crop") or 1.0, None, None, licence, source)
    )
    if entry.map is None and type(module).__module__.startswith("torchvision.") and _names_classes(module):
        raise BackboneError(
            f"{name}: expected a network that averages a map, found one whose last layer names classes; take that off "
            "(network.heads = torch.nn.Identity()), or give the convolutions alone (network.features)"
        )
    return entry


def _names_classes(module: torch.nn.Module) -> bool:
    import torch

    heads = [part for name, part in module.named_children() if name in ("heads", "classifier")]
    return any(not isinstance(head, torch.nn.Identity) for head in heads)


def _of_timm(module: torch.nn.Module) -> dict[str, Any]:
    """Return what a module of timm says of itself; nothing for any other."""
    found = getattr(module, "pretrained_cfg", None) or getattr(module, "default_cfg", None)
    if not isinstance(found, Mapping) or not {"mean", "std", "input_size"} <= found.keys():
        return {}
    return {
        "normalization": from_shares(tuple(found["mean"]), tuple(found["std"])),
        "size": _side(found["input_size"][1:]),
        "crop": found.get("crop_pct"),
        "licence": found.get("license"),
        "source": f"timm {found.get('hf_hub_id') or found.get('architecture') or type(module).__name__}",
    }


def _of_torchvision(transforms: Any) -> dict[str, Any]:
    """Return what ``weights.transforms()`` of torchvision says."""
    side, short = _side(transforms.crop_size), _side(transforms.resize_size)
    normalization = from_shares(tuple(transforms.mean), tuple(transforms.std))
    return {"normalization": normalization, "size": side, "crop": min(1.0, side / short)}


def _side(sizes: Any) -> int:
    sides = {int(each) for each in (sizes if isinstance(sizes, tuple | list) else [sizes])}
    if len(sides) != 1:
        raise BackboneError(f"expected a network that takes squares, found {sizes}")
    return sides.pop()


def _without_head(module: torch.nn.Module) -> torch.nn.Module:
    """Return the module itself, or of timm's what comes before the classification layer."""
    if not hasattr(module, "forward_features"):
        return module
    import torch

    class Trunk(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.whole = module

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = module.forward_features(pictures)
            if found.ndim == 4:  # timm's transformers with windows have their channels last
                last = found.shape[1] == found.shape[2] != found.shape[3]
                return found.permute(0, 3, 1, 2) if last else found
            if found.ndim == 3:  # tokens: the module knows which of them to take
                found = module.forward_head(found, pre_logits=True)
            return found

    return Trunk()
