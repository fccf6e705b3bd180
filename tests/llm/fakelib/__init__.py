# SPDX-License-Identifier: Apache-2.0
"""What the fake language model server is made of: its schema and its answers."""
