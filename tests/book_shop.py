"""A shop of three who may keep its books, though only one of them needs to: worlds from parts of YAML.

The clerk sells (24 a day), which reads the orders; the cleaner posts to the ledger once a day; the ghost has no task.
"""

from __future__ import annotations

SHOP = """
    identities:
      clerk: {roles: [sales, books]}
      cleaner: {roles: [books]}
      ghost: {roles: [books]}
    resources:
      orders: {value: {confidentiality: 4}}
      ledger: {value: {confidentiality: 6, integrity: 1}}
    tools:
      shop:
        operations:
          read: {effect: read, targets: [orders, ledger]}
          post: {effect: write, targets: [ledger]}
    credentials: {clerk-key: {identity: clerk}}
    roles:
      sales: {entitlements: [{operation: shop.read, targets: [orders]}]}
      books: {entitlements: [{operation: shop.read, targets: [ledger]}, {operation: shop.post}]}
    entry_points: {leaked: {leak: clerk-key}}
    goals: {books-out: {lost: ["ledger: confidentiality"]}}
"""
SELLS = "tasks: {sell: {identity: clerk, needs: [{operation: shop.read, targets: [orders]}], rate: 1/h}, "
SWEEPS = "sweep: {identity: cleaner, needs: [{operation: shop.post}], rate: 1/d}}"
